# The image of a release: the program, and nothing else to be attacked or kept up to date. It calls no other program and
# no network, so there is no shell, no git and no certificate in it. goreleaser puts the programs beside this file.
#
#   docker run --rm --network=none -v "$PWD:/repo:ro" ghcr.io/klaviyolint/klaviyolint history
FROM scratch
ARG TARGETPLATFORM
COPY ${TARGETPLATFORM}/klaviyolint /klaviyolint
USER 65532:65532
WORKDIR /repo
ENTRYPOINT ["/klaviyolint"]
