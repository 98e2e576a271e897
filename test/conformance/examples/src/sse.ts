import type { TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction<void, Promise<string>> = async function (event, context) {
  const sse = context.sse?.();

  if (sse && !sse.closed) {
    sse.on('close', () => {
      process.stdout.write('sse closed\n');
    });

    // One event at a time
    sse.send({ data: 'hello from sse function, abcdefg..., €€€€€⭐⭐⭐⭐⭐' });
    sse.send({ data: 'a message with line breaks:\\nthe first line.\\n\\nthe second line.\\r\\r\\r\n' });

    // Several at once
    sse.send([
      { data: 'This is the first message.' },
      { data: 'This is the second message, it\n\r\r\n\r\r\rhas two lines.' },
      { data: 'This is the third message.', event: 'third', id: '3', retry: 1000, comment: 'all members' },
    ]);

    // Raw: sent as they are, and flushed at a line break
    sse.send('message: This is a raw message. ');
    sse.send(['message: This is another raw message.\n\n']);
    sse.send(['This is a raw message. \n', 'This is another raw message.\n\n']);
  }
  return '';
};
