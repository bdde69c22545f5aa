import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";

export type HealthControl = { stopServing(): void };

/** grpc.health.v1 for the process ("") and each service. */
export function addHealth(server: Server, services: readonly string[]): HealthControl {
  const names = ["", ...services];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, "SERVING" as const])));
  health.addToServer(server);
  return {
    stopServing() {
      for (const name of names) health.setStatus(name, "NOT_SERVING");
    },
  };
}

/** Lets grpcurl and its like ask what is served. */
export function addReflection(server: Server, services: readonly DescService[]): void {
  const all = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    if (all.has(file.name)) return;
    for (const dependency of file.dependencies) add(dependency);
    all.set(file.name, file);
  };
  for (const { file } of services) add(file);
  const fileDescriptorProtos = [...all.values()].map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
  // It looks for the files in every value of a package definition; there is no other way to hand them over.
  const definition = { contract: { fileDescriptorProtos } } as never;
  new ReflectionService(definition, { services: services.map(({ typeName }) => typeName) }).addToServer(server);
}
