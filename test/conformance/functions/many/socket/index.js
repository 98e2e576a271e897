// A socket for each path below its own. Refusals and greetings are chosen by the first segment below /socket.

const choiceOf = (url) => new URL(url, 'ws://localhost').pathname.split('/')[2];

const GREETINGS = {
  context: (ws, context) => {
    const { eventType, httpContext, ...rest } = context;
    ws.send(
      JSON.stringify({
        eventType,
        url: httpContext.url,
        method: httpContext.httpMethod,
        keys: Object.keys(rest).sort(),
      }),
    );
  },
  ids: (ws, { eventID, ctxId }) => ws.send(JSON.stringify({ eventID, ctxId })),
  event: (ws, context, event) => ws.send(JSON.stringify({ event })),
  closes: (ws) => ws.close(4001, 'enough'),
  'closes-1000': (ws) => ws.close(1000, 'done'),
  'closes-plainly': (ws) => ws.close(),
  'throws-at-once': () => {
    throw new Error('main threw');
  },
  emitter: (ws) =>
    ws.send(JSON.stringify(['on', 'once', 'off', 'emit', 'send', 'close'].map((name) => typeof ws[name]))),
  kinds: (ws) => {
    ws.send('text');
    ws.send(Buffer.from('buffer'));
    ws.send(new Uint8Array([104, 105]));
    ws.send(new Uint8Array([104, 105]).buffer);
    ws.send(7);
  },
  large: (ws) => ws.send('x'.repeat(5000)),
};

export function main(event, context) {
  const { ws, httpContext } = context;
  if (ws === undefined || ws === null) return { plain: true, type: context.eventType };
  ws.on('message', (message) => {
    const { data, type, ctx } = message;
    if (data === 'describe')
      ws.send(JSON.stringify({ keys: Object.keys(message).sort(), type, ctx: ctx.ctxId === context.ctxId }));
    else if (data === 'close') ws.close(4002, 'as you wish');
    else ws.send(data);
  });
  ws.on('close', (close) => {
    const { code, reason, wasClean, type, ctx } = close;
    globalThis.lastClose = { code, reason, wasClean, type, ctx: typeof ctx?.ctxId, keys: Object.keys(close).sort() };
  });
  return GREETINGS[choiceOf(httpContext.url)]?.(ws, context, event);
}

const VERDICTS = {
  deny: () => ({ allowWebSocket: false, statusCode: 403, body: 'Permission Denied' }),
  'deny-json': async () => ({
    allowWebSocket: false,
    statusCode: 401,
    body: '{"code":"NO_TICKET"}',
    contentType: 'application/json; charset=utf-8',
  }),
  'deny-plainly': () => ({ allowWebSocket: false }),
  'deny-empty': () => ({}),
  'deny-nothing': () => undefined,
  'deny-throwing': () => {
    throw new Error('the gate broke');
  },
  'deny-rejecting': () => Promise.reject(new Error('the gate broke later')),
};

main.handleUpgrade = function handleUpgrade(context) {
  const choice = choiceOf(context.httpContext.url);
  if (choice === 'deny-telling') {
    const { eventType, httpContext } = context;
    const body = JSON.stringify({ eventType, url: httpContext.url, keys: Object.keys(context).sort() });
    return { allowWebSocket: false, statusCode: 400, body, contentType: 'application/json' };
  }
  if (choice === 'deny-last-close') {
    return { allowWebSocket: false, statusCode: 409, body: JSON.stringify(globalThis.lastClose ?? null) };
  }
  return VERDICTS[choice]?.() ?? (choice in VERDICTS ? undefined : { allowWebSocket: true });
};
