export function main(_event, context) {
  const count = Number(new URL(context.httpContext.url).searchParams.get('count'));
  const stream = context.sse();
  for (let index = 0; index < count; index++) stream.send({ id: String(index), data: { index, text: 'token' } });
  stream.end();
}
