/** The part of node-smpp that is used here and by dev-env's SMS centre; the package brings no types. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server as NetServer } from "node:net";

  /** `raw` is added by smpp-coding.ts. */
  export type Text = string | Buffer | { readonly message: string | Buffer; readonly udh?: Buffer; readonly raw?: Buffer };
  export type TlvType = {
    readonly read: (buffer: Buffer, offset: number, length: number) => unknown;
    readonly write: (value: string, buffer: Buffer, offset: number) => void;
    readonly size: (value: string) => number;
    readonly default: string;
  };
  export type PduFields = {
    command_status?: number;
    system_id?: string;
    password?: string;
    interface_version?: number;
    source_addr?: string;
    source_addr_ton?: number;
    source_addr_npi?: number;
    destination_addr?: string;
    dest_addr_ton?: number;
    dest_addr_npi?: number;
    esm_class?: number;
    data_coding?: number;
    registered_delivery?: number;
    short_message?: Text;
    message_payload?: Text;
    message_id?: string;
    receipted_message_id?: string;
    message_state?: number;
    user_message_reference?: number;
    client_reference?: string;
  };
  export type Pdu = PduFields & {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    response(fields?: PduFields): Pdu;
    isResponse(): boolean;
  };
  export type Answer = (pdu: Pdu) => void;
  export interface Session extends EventEmitter {
    bind_transceiver(fields: PduFields, answer: Answer): boolean;
    submit_sm(fields: PduFields, answer: Answer): boolean;
    deliver_sm(fields: PduFields, answer: Answer): boolean;
    data_sm(fields: PduFields, answer: Answer): boolean;
    enquire_link(answer: Answer): boolean;
    unbind(answer?: Answer): boolean;
    send(pdu: Pdu): boolean;
    pause(): void;
    resume(): void;
    close(done?: () => void): void;
    destroy(done?: () => void): void;
  }
  export interface Server extends NetServer {
    readonly sessions: Session[];
  }
  const smpp: {
    connect(options: { host: string; port: number; tls?: boolean }): Session;
    createServer(onSession: (session: Session) => void): Server;
    readonly PDU: {
      new (bytes: Buffer): Pdu;
      new (command: string, fields: PduFields & { sequence_number?: number }): Pdu;
    };
    addTLV(tag: string, options: { id: number; type: TlvType }): void;
    readonly types: { readonly tlv: { readonly cstring: TlvType } };
    readonly encodings: { readonly ASCII: { match(text: string): boolean; encode(text: string): Buffer; decode(bytes: Buffer): string } };
    readonly filters: { readonly message: { decode(this: unknown, value: Text, skipHeader?: boolean): Text } };
  };
  export default smpp;
}
