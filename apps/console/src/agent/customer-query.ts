import { customers } from "../api/clients.ts";

export const customerQuery = (customerId: string) => ({
  queryKey: ["customer", customerId],
  queryFn: async () => (await customers.getCustomer({ customerId })).customer,
});
