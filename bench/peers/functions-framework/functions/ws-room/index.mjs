import { isSay, problems } from '../../../ajv.mjs';

const members = new Set();

export function main(_event, { ws }) {
  members.add(ws);
  ws.on('close', () => members.delete(ws));
  ws.on('message', ({ data }) => {
    const message = JSON.parse(data);
    if (!isSay(message)) return ws.send(JSON.stringify({ errors: problems(isSay) }));
    const text = JSON.stringify({ text: message.text });
    for (const member of members) member.send(text);
  });
}

main.handleUpgrade = () => ({ allowWebSocket: true });
