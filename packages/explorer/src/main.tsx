import { render } from 'preact';
import { config } from 'zod';
import { App } from './app.js';
import { startLive } from './data/liveEvents.js';
import { settleReader } from './data/readerSession.js';
import { startRouter } from './data/router.js';
import { keepSettings } from './data/settings.js';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/graphs.css';
import './style/print.css';

// The page's policy forbids code made from text, which zod would otherwise try.
config({ jitless: true });
keepSettings();
startRouter();
void settleReader().then(startLive);
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
