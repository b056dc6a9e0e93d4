<?php
$payload = [
    'token' => 'pk_0123456789abcdef0123456789abcdef01',
    'event' => 'Placed Order',
    'customer_properties' => ['$email' => $order->email],
];
$curl = curl_init('https://a.klaviyo.com/api/track');
curl_setopt($curl, CURLOPT_POSTFIELDS, ['data' => json_encode($payload)]);
curl_exec($curl);
