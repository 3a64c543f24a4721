// A webhook for tests: a real HTTP server on loopback with responses that the test chooses.
export { startTestWebhook, type TestWebhook, type TestWebhookRequest } from './start-test-webhook.ts';
