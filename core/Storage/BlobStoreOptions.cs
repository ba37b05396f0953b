using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace FedOperator.Core.Storage;

/// <summary>How stores behave, wherever they lie.</summary>
public sealed record BlobStoreOptions
{
    /// <summary>How often, and how long apart, a call that met a transient fault is tried again.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>Where a process finds its next credential, when its file has none; null: its file alone.</summary>
    public CredentialRenewal? Renewal { get; init; }

    /// <summary>Paces retries and dates signatures.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told, in words, what whoever runs the process may want to know: a store that does not answer, a credential renewed. Never a credential in it.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>Put around each container that is opened: for crash tests.</summary>
    public Func<IBlobStore, IBlobStore> Around { get; init; } = store => store;

    /// <summary>Sends the requests; null: Azure.Core's own, which honours HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE.</summary>
    internal HttpPipelineTransport? Transport { get; init; }

    /// <summary>The options that every client of FedOperator has: no retries of its own (they would hide a lost answer), a timeout for each network operation.</summary>
    internal BlobClientOptions ClientOptions()
    {
        var options = new BlobClientOptions(BlobClientOptions.ServiceVersion.V2021_12_02);
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = Retry.TryTimeout;
        options.Retry.Mode = RetryMode.Fixed;
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        if (Transport is not null)
            options.Transport = Transport;
        return options;
    }
}
