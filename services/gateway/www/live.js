// live: the suite's events as they happen (GET /v1/events). EventSource comes back by itself with Last-Event-ID, and the
// gateway then tells what was missed. A hidden page lets its connection go: browsers have few of them for one host.
import { pathOf } from '/api.js';
import { clockTime } from '/words.js';

const HIDDEN_MS = 60000;
const AGAIN_MS = 3000; // after an answer that EventSource takes for final
const TOGETHER_MS = 120; // events of one moment are told together

let stopCurrent = () => {};

function show(state, text) {
  const line = document.getElementById('live');
  line.dataset.state = state;
  line.textContent = text;
}

function listener({ parameters, onEvents, onFresh, onEnded }) {
  let source = null, waiting = [], timer = 0, again = 0, hiding = 0, heard = Date.now(), stopped = false;

  const deliver = () => {
    timer = 0;
    const events = waiting;
    waiting = [];
    onEvents(events);
  };
  const opened = () => {
    heard = Date.now();
    show('live', 'Live');
    onFresh();
  };
  const came = (message) => {
    heard = Date.now();
    waiting.push(JSON.parse(message.data));
    timer ||= setTimeout(deliver, TOGETHER_MS);
  };
  const failed = async () => {
    show('lost', `Reconnecting, data as of ${clockTime(heard)}`);
    if (source.readyState !== EventSource.CLOSED) return;
    if (await onEnded()) return; // signed out
    clearTimeout(again);
    if (!stopped) again = setTimeout(start, AGAIN_MS);
  };
  const start = () => {
    source?.close();
    source = new EventSource(pathOf('/v1/events', parameters));
    source.onopen = opened;
    source.onmessage = came;
    source.onerror = failed;
    source.addEventListener('reset', onFresh);
  };
  const pause = () => {
    source.close();
    source = null;
    show('paused', `Paused, data as of ${clockTime(heard)}`);
  };
  const seen = () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(pause, HIDDEN_MS);
    else if (!source) start();
  };
  const stop = () => {
    stopped = true;
    document.removeEventListener('visibilitychange', seen);
    for (const one of [timer, again, hiding]) clearTimeout(one);
    source?.close();
    show('off', '');
  };

  show('lost', 'Connecting');
  document.addEventListener('visibilitychange', seen);
  start();
  return stop;
}

// Work that is asked for again while it is under way is done once more afterwards, however often it was asked for: a burst of
// events does not become a burst of requests.
export function coalesced(work) {
  let running = null, again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    again = true;
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}

// Listens instead of whoever listened before. onEvents gets events, onFresh says that something may have been missed
// (also at the beginning), onEnded finds out why the gateway does not want us: true when there is no use in asking again.
export function listen(options) {
  stopCurrent();
  stopCurrent = listener(options);
}

export function silence() {
  stopCurrent();
  stopCurrent = () => {};
}
