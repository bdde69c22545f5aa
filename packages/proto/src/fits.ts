import type { Message } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";

/**
 * What a state `S` has to hold so that messageOf can tell of it in a message `T`: each field that the message always has, under its name and in
 * the state's own terms. One that the state holds only at times is left at its zero then.
 */
export type Fits<T, S> = {
  readonly [K in Held<T, S>]?: Value<NonNullable<T[K]>, K extends keyof S ? NonNullable<S[K]> : never> | undefined;
} & { readonly [K in Exclude<Always<T>, Held<T, S>>]: Value<T[K], never> };

/** The same for an event and its case of an envelope: each kind of event for itself. */
export type CaseFits<T, E> = E extends { readonly type: infer N extends string } ? E & Fits<ValueOf<T, Camel<N>>, E> : never;

/** A oneof `event` that says something. */
export type CaseShape<T> = T extends { readonly event: infer C } ? Extract<C, { readonly value: unknown }> : never;

type Value<T, S> = [T] extends [Timestamp]
  ? number
  : [T] extends [Message]
    ? Fits<T, S> | T
    : [T] extends [readonly (infer I)[]]
      ? readonly Value<I, S extends readonly (infer J)[] ? J : never>[]
      : [T] extends [bigint]
        ? bigint | number
        : [T] extends [string | boolean | Uint8Array]
          ? T
          : [T] extends [number]
            ? NumberOrWord<T>
            : { readonly [key: string]: T extends { [key: string]: infer V } ? Value<V, never> : never };
/** Any number is an enum's as well; written out, an enum's values are few. */
type NumberOrWord<T extends number> = `${number}` extends `${T}` ? number : T | string;

type Told<T> = Exclude<keyof T, "$typeName" | "$unknown">;
type Always<T> = { [K in Told<T>]: undefined extends T[K] ? never : K }[Told<T>];
/** Fields that the state names, or that the message may lack. */
type Held<T, S> = (keyof S & Told<T>) | Exclude<Told<T>, Always<T>> | (S extends { readonly id: string } ? IdOf<T> & Told<T> : never);

type ValueOf<T, N> = Extract<CaseShape<T>, { readonly case: N }> extends { readonly value: infer V } ? V : never;
type IdOf<T> = T extends Message<infer N> ? `${Uncapitalize<LastOf<N>>}Id` : never;
type LastOf<N extends string> = N extends `${string}.${infer Rest}` ? LastOf<Rest> : N;
type Camel<N extends string> = N extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : N;
