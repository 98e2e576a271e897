export function main() {
  return { hello: 'world' };
}
