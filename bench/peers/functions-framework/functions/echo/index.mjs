import { isSay, problems } from '../../../ajv.mjs';

export function main(_event, { ws }) {
  ws.on('message', ({ data }) => {
    const message = JSON.parse(data);
    ws.send(JSON.stringify(isSay(message) ? { text: message.text } : { errors: problems(isSay) }));
  });
}

main.handleUpgrade = () => ({ allowWebSocket: true });
