/** CommonJS text of a controller as the compiler would emit it: `routes` are decorator, arguments, name and body. */
export function controllerSource(
  name: string,
  prefix: string,
  methods: readonly (readonly [decorator: string, args: string, name: string, body: string])[],
  dependencies = '',
): string {
  const bodies = methods.map(([, , method, body]) => `  ${method} ${body}`).join('\n');
  const decorated = methods.map(([decorator, args, method]) => {
    const key = /\w+(?=\()/.exec(method)?.[0] ?? '';
    return `Reflect.defineMetadata('design:paramtypes', [Object, Object], ${name}.prototype, '${key}');
yunction.${decorator}(${args})(${name}.prototype, '${key}', Object.getOwnPropertyDescriptor(${name}.prototype, '${key}'));`;
  });
  return `
const yunction = require('yunction');
class ${name} {
  constructor(...dependencies) { this.dependencies = dependencies; }
${bodies}
}
${decorated.join('\n')}
Reflect.defineMetadata('design:paramtypes', [${dependencies}], ${name});
yunction.Controller('${prefix}')(${name});
exports.${name} = ${name};
`;
}
