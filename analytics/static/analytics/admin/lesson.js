// A lesson's page: its film minute by minute.
import { setUpCharts } from "./charts.js";

setUpCharts(document);
