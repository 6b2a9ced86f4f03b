// Achievements: what is earned while the page is open moves over by itself.
import { follow } from "./live.js";

follow(document.querySelector("[data-achievements]"), { asks: false });
