export function greet(name = 'world'): string {
  return `Hello ${name}!`;
}
