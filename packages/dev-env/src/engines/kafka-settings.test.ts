import { describe, expect, it } from "@jest/globals";
import { CONTAINERS } from "./containers.ts";
import { brokerSettings } from "./kafka-settings.ts";

describe("the settings of Kafka", () => {
  const text = brokerSettings({ host: "127.0.0.1", port: 9092, controllerPort: 9093, logs: "/data" });

  it("tell clients the same address that the broker listens on", () => {
    expect(text).toContain("listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\n");
    expect(text).toContain("advertised.listeners=PLAINTEXT://127.0.0.1:9092\n");
  });

  it("are the same in a container, but for where it listens", () => {
    const variables = CONTAINERS.kafka.settings(31_000);
    expect(variables.KAFKA_ADVERTISED_LISTENERS).toBe("PLAINTEXT://127.0.0.1:31000");
    const places = /^(listeners|advertised\.listeners|controller\.quorum\.voters|log\.dirs)=/;
    for (const line of text.trim().split("\n")) {
      if (places.test(line)) continue;
      const [key = "", value] = line.split(/=(.*)/);
      expect([key, variables[`KAFKA_${key.toUpperCase().replaceAll(".", "_")}`]]).toEqual([key, value]);
    }
  });
});
