declare module "kafkajs/src/network/requestQueue/index.js" {
  const RequestQueue: { prototype: object };
  export default RequestQueue;
}

declare module "kafkajs/src/consumer/consumerGroup.js" {
  const ConsumerGroup: { prototype: object };
  export default ConsumerGroup;
}
