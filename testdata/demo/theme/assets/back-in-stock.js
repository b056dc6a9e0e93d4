var _learnq = window._learnq || [];
_learnq.push(['account', 'pk_0123456789abcdef0123456789abcdef01']);
_learnq.push(['track', 'Viewed Product', { ProductName: window.product.title }]);
