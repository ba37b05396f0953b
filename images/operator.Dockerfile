# The operator (`fed`), as it is released: with the real packages.
#   docker build -f images/operator.Dockerfile -t REGISTRY/fed-operator:0.1.0 .
# USE_STANDINS=true takes stand-ins/ instead of the packages. See docs/images.md; images/build.sh makes the same image without Docker.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
ARG USE_STANDINS=false
WORKDIR /src
COPY . .
RUN dotnet publish operator -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -p:ContinuousIntegrationBuild=true \
      -p:UseStandIns=${USE_STANDINS} -o /app --nologo \
    && rm -f /app/*.xml

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=fed-operator \
      org.opencontainers.image.version=${VERSION} \
      org.opencontainers.image.licenses=Apache-2.0
# no diagnostics socket: the root file system is read-only
ENV DOTNET_EnableDiagnostics=0 DOTNET_NOLOGO=1
COPY --from=build /app /app
USER 65532:65532
ENTRYPOINT ["/app/fed"]
