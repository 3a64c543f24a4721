export { ParleyChatTransport, type ParleyChatTransportOptions } from './parley-chat-transport.ts';
export {
  toUIMessage,
  type ParleyDataParts,
  type ParleyMetadata,
  type ParleyUIMessage,
} from './ui-message.ts';
