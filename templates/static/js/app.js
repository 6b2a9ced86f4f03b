// What every page does: theme switch, counters, the bell, news from elsewhere, the time zone of forms.
import { setUpBell } from "./bell.js";
import { loadCounters } from "./counters.js";
import { setUpNews } from "./news.js";
import { setUpSound } from "./sound.js";
import { setUpTheme } from "./theme-switch.js";
import { setUpTimeZone } from "./time-zone.js";

setUpTheme();
setUpTimeZone();
setUpSound();
loadCounters();
setUpBell();
setUpNews();
