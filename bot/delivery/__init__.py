"""From a digest to messages, and from an error to the next attempt. Sending is the adapters' part."""
