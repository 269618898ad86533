/** What a page loads for visitors: reading and following, nothing to write with. */

import { startFrames } from "./frames.js";
import { startBallots, startKeys, startPasskeys, startProgramme, startTyping, startVerify } from "./later.js";
import { startLive } from "./live.js";
import { startPresence } from "./presence.js";
import { startTimeline } from "./timeline.js";
import { startTimes } from "./times.js";
import { startWide } from "./wide.js";

startTimes();
startWide();
startFrames();
startTimeline();
startPresence();
startLive();
startKeys();
startPasskeys();
startBallots();
startProgramme();
startTyping();
startVerify();
