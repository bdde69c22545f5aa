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

const DEADLINE_MS = 15_000;

/** The public JSON API as any client outside would use it. */
export function api(url: string, token?: string): Api {
  return {
    as: (other) => api(url, other),
    async call<T extends Json>(method: string, body: Json): Promise<T> {
      const response = await fetch(`${url}/trunkline.${method}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const answer = (await response.json()) as T & { code?: string; message?: string };
      if (!response.ok)
        throw new ApiError(
          response.status,
          response.headers.get("trunkline-code") ?? answer.code ?? "",
          `${answer.message ?? ""} (${method})`,
        );
      return answer;
    },
  };
}

export async function logIn(
  url: string,
  tenant: string,
  login: string,
  password: string,
): Promise<{ api: Api; token: string; employeeId: string }> {
  const { accessToken, employeeId } = await api(url).call<{ accessToken: string; employeeId: string }>(
    "workforce.v1.SessionService/LogIn",
    { tenant, login, password },
  );
  return { api: api(url, accessToken), token: accessToken, employeeId };
}
