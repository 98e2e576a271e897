// Event streams, read by Node's own HTTP client; an event is counted by its `data:` line.
import { get } from 'node:http';

const DATA = Buffer.from('data:');

/** `clients` streams that the server ends by itself. Resolves to the events that came and the seconds. */
export async function sseStreams({ port, path, clients }) {
  const begin = performance.now();
  let events = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const { response, ended } = await openStream(port, path, (more) => (events += more));
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode} for an event stream`);
      await ended;
    }),
  );
  return { events, seconds: (performance.now() - begin) / 1000 };
}

/** Opens streams that stay. `received` counts the events of all. */
export async function sseClients({ port, path, clients }) {
  const group = { received: 0, onEvent: undefined, close: undefined };
  const requests = [];
  group.close = () => {
    for (const request of requests) request.destroy();
  };
  // A hundred at a time: a listen queue is short.
  for (let opened = 0; opened < clients; opened += 100) {
    const batch = Array.from({ length: Math.min(100, clients - opened) }, async () => {
      const { request } = await openStream(port, path, (more) => {
        group.received += more;
        group.onEvent?.();
      });
      requests.push(request);
    });
    await Promise.all(batch);
  }
  return group;
}

function openStream(port, path, onEvents) {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path, agent: false, headers: { Accept: 'text/event-stream' } });
    request.on('error', reject);
    request.on('response', (response) => {
      let tail = Buffer.alloc(0);
      const ended = new Promise((end, fail) => {
        response.on('end', end);
        response.on('error', fail);
      });
      // A group's streams are destroyed by us: only `sseStreams` waits for the end.
      ended.catch(() => undefined);
      response.on('data', (data) => {
        const bytes = tail.length === 0 ? data : Buffer.concat([tail, data]);
        let events = 0;
        let from = 0;
        for (let at = bytes.indexOf(DATA); at !== -1; at = bytes.indexOf(DATA, from)) {
          events++;
          from = at + DATA.length;
        }
        tail = bytes.subarray(Math.max(from, bytes.length - DATA.length + 1));
        if (events > 0) onEvents(events);
      });
      resolve({ request, response, ended });
    });
  });
}
