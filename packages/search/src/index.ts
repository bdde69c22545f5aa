export { fits, keyOf, type Searched, searched, searchKeys } from "./search-keys.ts";
export { folded, plain } from "./text.ts";
