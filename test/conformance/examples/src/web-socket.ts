import type { TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction = async function (event, context) {
  const { ws } = context;
  if (ws) {
    ws.on('open', (message) => {
      process.stdout.write(`open: ${message.type}\n`);
    });
    ws.on('error', (message) => {
      process.stdout.write(`error: ${message.message}\n`);
    });
    ws.on('close', (message) => {
      process.stdout.write(`close: ${message.code} ${message.reason} ${message.wasClean}\n`);
    });
    ws.on('message', (message) => {
      ws.send(`message: ${String(message.data)}`);
    });
    ws.send('hello from websocket function');
  }
};

main.handleUpgrade = async function (context) {
  if (context.httpContext?.url.includes('/denied')) {
    return { allowWebSocket: false, statusCode: 403, body: 'Permission Denied' };
  }
  return {
    allowWebSocket: true,
  };
};
