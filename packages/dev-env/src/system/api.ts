/** A call refused by the public API: `code` is the product's stable code. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(status: number, code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
  }
}

export type Json = { [key: string]: unknown };

export type Api = {
  /** @param method such as trunkline.customer.v1.CustomerService/CreateCustomer */
  call<T extends Json = Json>(method: string, body: Json): Promise<T>;
  as(token: string): Api;
};

/** A token that is renewed as long as its session lasts. @param anew the last one was refused */
export type Token = (anew?: boolean) => Promise<string>;

const DEADLINE_MS = 15_000;
/** Well before a token runs out. */
const RENEW_AFTER_MS = 240_000;
/** Refused with these, another token of the same session will do. */
const RENEWED = new Set(["token_expired", "token_stale"]);

/** The public JSON API as any client outside would use it. */
export function api(url: string, token?: string | Token): Api {
  return {
    as: (other) => api(url, other),
    async call<T extends Json>(method: string, body: Json): Promise<T> {
      if (typeof token !== "function") return call(url, method, body, token);
      try {
        return await call(url, method, body, await token());
      } catch (error) {
        if (!(error instanceof ApiError) || !RENEWED.has(error.code)) throw error;
        return call(url, method, body, await token(true));
      }
    },
  };
}

async function call<T extends Json>(url: string, method: string, body: Json, token: string | undefined): Promise<T> {
  const response = await fetch(`${url}/trunkline.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const answer = (await response.json()) as T & { code?: string; message?: string };
  if (response.ok) return answer;
  throw new ApiError(response.status, response.headers.get("trunkline-code") ?? answer.code ?? "", `${answer.message ?? ""} (${method})`);
}

function keptToken(url: string, first: string): Token {
  let token = Promise.resolve(first);
  let madeAt = performance.now();
  return (anew = false) => {
    if (anew || performance.now() - madeAt > RENEW_AFTER_MS) {
      madeAt = performance.now();
      const last = token;
      // In a drill nobody may be there to renew it: the last one is good for a while, then it is asked for anew.
      token = last.then(async (old) => {
        const renewed = await call<{ accessToken: string }>(url, "workforce.v1.SessionService/RenewSession", {}, old).catch(
          () => undefined,
        );
        return renewed?.accessToken ?? old;
      });
    }
    return token;
  };
}

export async function logIn(
  url: string,
  tenant: string,
  login: string,
  password: string,
): Promise<{ api: Api; token: Token; employeeId: string }> {
  const { accessToken, employeeId } = await api(url).call<{ accessToken: string; employeeId: string }>(
    "workforce.v1.SessionService/LogIn",
    { tenant, login, password },
  );
  const token = keptToken(url, accessToken);
  return { api: api(url, token), token, employeeId };
}
