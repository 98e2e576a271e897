'use strict';

exports.main = () => 'one';
