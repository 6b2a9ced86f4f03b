// What every page does: theme switch, counters, the bell, the time zone of forms.
import { setUpBell } from "./bell.js";
import { loadCounters } from "./counters.js";
import { setUpTheme } from "./theme-switch.js";
import { setUpTimeZone } from "./time-zone.js";

setUpTheme();
setUpTimeZone();
loadCounters();
setUpBell();
