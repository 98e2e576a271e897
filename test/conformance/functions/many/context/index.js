'use strict';
// Tells what the context is. The last segment of the path chooses a part of it.

exports.main = function main(event, context) {
  const { httpContext, ...rest } = context;
  switch (new URL(httpContext.url).pathname.split('/').at(-1)) {
    case 'ids':
      return { eventID: rest.eventID, ctxId: rest.ctxId, eventType: rest.eventType };
    case 'timestamp':
      return { type: typeof rest.timestamp, recent: Math.abs(Date.now() - Date.parse(rest.timestamp)) < 60_000 };
    case 'keys':
      return Object.keys(context).sort().join();
    case 'members':
      return Object.fromEntries(Object.keys(context).map((name) => [name, typeof context[name]]));
    case 'http-keys':
      return Object.keys(httpContext).sort().join();
    case 'frozen':
      return { context: Object.isFrozen(context), httpContext: Object.isFrozen(httpContext) };
    case 'extended':
      return { has: 'extendedContext' in context, value: rest.extendedContext ?? null };
    case 'headers':
      return Object.fromEntries(Object.entries(httpContext.headers).filter(([name]) => /^(x-|cookie|set-)/.test(name)));
    case 'json':
      return JSON.parse(JSON.stringify({ ...context, httpContext: undefined, timestamp: undefined }));
    default:
      return httpContext.url;
  }
};
