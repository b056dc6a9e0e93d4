module github.com/klaviyolint/klaviyolint

go 1.26.0
