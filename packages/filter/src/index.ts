export { type Bounds, type Compiled, compile, type Filterable, operatorsOf } from "./compile.ts";
export { type Condition, type Filter, OPERATORS, type Operator } from "./filter.ts";
export type { Moment } from "./relative.ts";
export { type Scalar, termOf } from "./term.ts";
