// The public names of yunction/functions, and nothing else.
export { functionProject } from './project.js';
export type { FunctionReport, FunctionSource } from '../server/function-table.js';
