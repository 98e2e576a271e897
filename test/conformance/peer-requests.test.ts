import { describePeer } from './describe-peer.js';

describePeer('requests');
