// Streams of events; the last segment of the path chooses.

const STREAMS = {
  single: (sse) => sse.end({ data: 'only one' }),
  fields: (sse) => sse.end({ comment: 'why', event: 'step', id: '7', retry: 2500, data: 'done' }),
  array: (sse) => {
    sse.send([{ data: 'first' }, { data: 'second' }]);
    sse.end({ data: 'third' });
  },
  'raw-string': (sse) => {
    sse.send('message: raw, without an end. ');
    sse.send(['message: another\n\n', 'data: a third\n\n']);
    sse.end({ data: 'end' });
  },
  'raw-buffer': (sse) => {
    sse.send(Buffer.from('data: by hand\n\n'));
    sse.end({ data: 'end' });
  },
  mixed: (sse) => {
    sse.send(['data: raw\n\n', { data: 'object' }, Buffer.from('data: bytes\n\n')]);
    sse.end({ data: 'end' });
  },
  object: (sse) => sse.end({ data: { text: 'wörld', list: [1] } }),
  lines: (sse) => sse.end({ data: 'one\ntwo\r\nthree\rfour' }),
  'blank-lines': (sse) => sse.end({ data: 'one\n\ntwo\n' }),
  'data-array': (sse) => sse.end({ data: [1, 2, { three: 3 }] }),
  'data-values': (sse) => {
    sse.send({ data: 5 });
    sse.send({ data: false });
    sse.send({ data: null });
    sse.send({ data: undefined });
    sse.send({ data: '' });
    sse.end({ data: 'end' });
  },
  'data-date': (sse) => sse.end({ data: new Date(0) }),
  'data-buffer': (sse) => sse.end({ data: Buffer.from('bytes') }),
  'data-buffer-lines': (sse) => sse.end({ data: Buffer.from('one\nevent: two') }),
  'no-data': (sse) => {
    sse.send({ event: 'bare' });
    sse.send({ comment: 'only a comment' });
    sse.end({ data: 'end' });
  },
  'id-injection': (sse) => {
    sse.send({ id: '1\ndata: injected', data: 'x' });
    sse.end({ data: 'end' });
  },
  'end-without-message': (sse) => {
    sse.send({ data: 'last' });
    sse.end();
  },
  'end-twice': (sse) => {
    sse.end({ data: 'first end' });
    sse.end({ data: 'second end' });
  },
  nothing: (sse) => sse.end(),
  returns: (sse) => {
    sse.send({ data: `send says ${sse.send({ data: 'x' })}, closed ${sse.closed}` });
    sse.end({ data: 'end' });
    return 'not part of the stream';
  },
  'send-after-end': (sse) => {
    sse.end({ data: 'end' });
    globalThis.afterEnd = { sent: sse.send({ data: 'too late' }), closed: sse.closed };
  },
  'open-after-return': (sse) => {
    setTimeout(() => sse.send({ data: 'after the return' }), 100);
    sse.send({ data: 'before the return' });
    return '';
  },
  heartbeat: (sse) => sse.send({ data: 'waiting' }),
  twice: (sse, context) => sse.end({ data: context.sse() === sse }),
  throws: (sse) => {
    sse.send({ data: 'all is well' });
    throw new Error('went wrong');
  },
  'throws-later': async (sse) => {
    sse.send({ data: 'all is well' });
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('went wrong later');
  },
  'throws-at-once': () => {
    throw new Error('before anything was sent');
  },
  encoder: (sse) => {
    sse.setEncoder(new TextEncoder());
    sse.end({ data: 'encoded' });
  },
  emitter: (sse) => sse.end({ data: ['on', 'once', 'off', 'emit'].every((name) => typeof sse[name] === 'function') }),
};

export async function main(event, context) {
  const name = new URL(context.httpContext.url).pathname.split('/').at(-1);
  if (name === 'last') return globalThis.afterEnd;
  if (name === 'after-await') await new Promise((resolve) => setImmediate(resolve));
  if (name === 'late') {
    setTimeout(() => (globalThis.late = context.sse() === null), 50);
    return 'no stream';
  }
  if (name === 'was-late') return { null: globalThis.late };
  if (name === 'headers' || name === 'own-type') {
    const headers =
      name === 'headers' ? { 'X-Stream': 'mine', 'Set-Cookie': ['a=1', 'b=2'] } : { 'Content-Type': 'text/plain' };
    context.sse({ keepalive: false, headers }).end({ data: 'with headers' });
    return;
  }
  if (name === 'quiet') {
    context.sse({ keepalive: false }).end({ data: 'without heartbeats' });
    return;
  }
  if (name === 'echo') {
    context.sse().end({ data: event });
    return;
  }
  const stream = STREAMS[name] ?? STREAMS.single;
  return stream(context.sse(), context);
}
