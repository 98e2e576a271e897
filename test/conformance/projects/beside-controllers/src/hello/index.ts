import type { TcbEventFunction } from '@cloudbase/functions-typings';

// A plain function of the platform's, as it was before there were controllers beside it.
export const main: TcbEventFunction<unknown, object | void> = function (event, context) {
  if (context.ws) {
    const { ws } = context;
    ws.on('message', ({ data }) => ws.send(`plain: ${String(data)}`));
    return;
  }
  const { pathname, searchParams } = new URL(context.httpContext?.url ?? '');
  if (pathname.endsWith('/stream')) {
    const sse = context.sse?.();
    sse?.send({ event: 'plain', data: { from: 'hello' } });
    sse?.end({ data: 'end' });
    return;
  }
  return { plain: pathname, who: searchParams.get('who') };
};

main.handleUpgrade = async function (context) {
  const ticket = new URL(context.httpContext?.url ?? '', 'ws://localhost').searchParams.get('ticket');
  if (ticket !== 'valid') return { allowWebSocket: false, statusCode: 403, body: 'Permission Denied' };
  return { allowWebSocket: true };
};
