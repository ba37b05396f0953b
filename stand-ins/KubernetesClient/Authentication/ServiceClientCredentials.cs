namespace k8s.Authentication;

/// <summary>What is put on a request so that the server knows who asks.</summary>
internal abstract class ServiceClientCredentials
{
    internal abstract Task ProcessHttpRequestAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
