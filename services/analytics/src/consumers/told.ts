/** Of what an event tells: the message, and when it happened, epoch ms. */
export type Told<M> = { readonly event: M; readonly at: number };
