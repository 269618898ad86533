/** What a page loads for people who are signed in. Visitors get visitor.js. */

import { startReveal } from "./page.js";
import { startDrafts } from "./drafts.js";
import { startForms } from "./forms.js";
import { startFrames } from "./frames.js";
import { startCopy } from "./copy.js";
import { startBallots, startComposer, startKeys, startPasskeys, startPictures, startPreview, startProgramme, startQuote, startVerify } from "./later.js";
import { startLive } from "./live.js";
import { startMenus } from "./menus.js";
import { startPresence } from "./presence.js";
import { startReply } from "./reply.js";
import { startSeen } from "./seen.js";
import { startTimeline } from "./timeline.js";
import { startTimes } from "./times.js";
import { startWide } from "./wide.js";

startReveal();
startTimes();
startWide();
startMenus();
startForms();
startFrames();
startDrafts();
startReply();
startTimeline();
startSeen();
startPresence();
startLive();
startCopy();
startComposer();
startQuote();
startKeys();
startPasskeys();
startBallots();
startPictures();
startPreview();
startProgramme();
startVerify();
