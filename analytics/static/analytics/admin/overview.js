// A course's overview: charts drawn from the numbers that the server wrote, and what happens while the page is open.
import { setUpCharts } from "./charts.js";
import { setUpLive } from "./live.js";

setUpCharts(document);
setUpLive(document);
