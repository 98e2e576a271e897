/** Of those that were asked for one: most never are, and there may be very many connections. */
const IDS = new WeakMap<object, string>();

/** The id of a connection, unique among all instances: made when somebody asks for it, and kept. */
export function connectionId(connection: object): string {
  let id = IDS.get(connection);
  if (id === undefined) {
    id = process.getBuiltinModule('node:crypto').randomUUID();
    IDS.set(connection, id);
  }
  return id;
}
