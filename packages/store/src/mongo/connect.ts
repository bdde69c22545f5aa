import mongoose, { type Connection } from "mongoose";

export type Mongo = {
  readonly connection: Connection;
  /** The database's clock in epoch milliseconds. */
  readonly readTime: () => Promise<number>;
  readonly check: () => Promise<void>;
} & AsyncDisposable;

mongoose.set("strictQuery", "throw");
mongoose.set("sanitizeFilter", true);

/** @throws when the server does not answer within 10 s */
export async function connectMongo(url: string, database: string): Promise<Mongo> {
  const connection = await mongoose
    .createConnection(url, {
      dbName: database,
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      socketTimeoutMS: 20_000,
      waitQueueTimeoutMS: 5_000,
      maxPoolSize: 30,
      retryWrites: false,
      ignoreUndefined: true,
      autoIndex: false,
      autoCreate: false,
    })
    .asPromise();
  const command = async (name: "hello" | "ping") =>
    connection
      .getClient()
      .db("admin")
      .command({ [name]: 1 });
  return {
    connection,
    readTime: async () => {
      const { localTime } = (await command("hello")) as { localTime?: Date };
      return localTime instanceof Date ? localTime.getTime() : Date.now();
    },
    check: async () => {
      await command("ping");
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
