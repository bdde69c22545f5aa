import { createServiceToken, createTokenSigner } from "@trunkline/auth";
import type { System, Token } from "@trunkline/dev-env";
import type { ClientOptions } from "@trunkline/rpc";

export type Tokens = Pick<ClientOptions, "token"> & Required<Pick<ClientOptions, "userToken">>;

/** The tokens of a drill that asks services itself: as the gateway does, with its own beside the user's. */
export function carried({ environments }: Pick<System, "environments">, userToken: Token): Tokens {
  const own = createTokenSigner("gateway", environments.privateKeys["gateway"] as never).then((signer) =>
    createServiceToken("gateway", signer, Date.now),
  );
  return { token: async () => (await own)(), userToken: () => userToken() };
}
