# Trainers and aggregators (`trainer`), as they are released: with the real packages.
#   docker build -f images/trainer.Dockerfile -t REGISTRY/fed-trainer:0.1.0 .
#   docker build -f images/trainer.Dockerfile --build-arg TORCH_PACKAGE=cuda -t REGISTRY/fed-trainer:0.1.0-cuda .
# TORCH_PACKAGE: cpu (TorchSharp-cpu) or cuda (TorchSharp-cuda-linux, which brings CUDA's libraries; the node brings the driver).
# USE_STANDINS=true takes stand-ins/ over Debian's libtorch instead: SDK_IMAGE and RUNTIME_IMAGE must then be Debian 12 with .NET 10.
# See docs/images.md; images/build.sh makes the same image (stand-ins, CPU) without Docker.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
ARG USE_STANDINS=false
ARG TORCH_PACKAGE=cpu
WORKDIR /src
RUN if [ "${USE_STANDINS}" = true ]; then \
      apt-get update && apt-get install -y --no-install-recommends libtorch-dev libopenblas0-pthread cmake make g++ && rm -rf /var/lib/apt/lists/*; \
    fi
COPY . .
RUN dotnet publish trainer -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -p:ContinuousIntegrationBuild=true \
      -p:UseStandIns=${USE_STANDINS} -p:TorchPackage=${TORCH_PACKAGE} -o /app --nologo \
    && rm -f /app/*.xml

FROM ${RUNTIME_IMAGE}
ARG USE_STANDINS=false
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=fed-trainer \
      org.opencontainers.image.version=${VERSION} \
      org.opencontainers.image.licenses=Apache-2.0
# libgomp1: libtorch's threads
RUN apt-get update \
    && if [ "${USE_STANDINS}" = true ]; then apt-get install -y --no-install-recommends libtorch1.13 libopenblas0-pthread; \
       else apt-get install -y --no-install-recommends libgomp1; fi \
    && rm -rf /var/lib/apt/lists/*
# no diagnostics socket: the root file system is read-only
ENV DOTNET_EnableDiagnostics=0 DOTNET_NOLOGO=1 NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=build /app /app
USER 65532:65532
ENTRYPOINT ["/app/trainer"]
