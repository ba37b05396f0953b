using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Exceptions;

namespace FedOperator.Operator.Remote;

/// <summary>A cluster, seen from a user's machine.</summary>
/// <param name="Client">The API server's.</param>
/// <param name="Namespace">Of the jobs that are asked for.</param>
internal sealed record Cluster(IKubernetes Client, string Namespace) : IDisposable
{
    /// <summary>Opens it, as kubectl would.</summary>
    /// <exception cref="RemoteException">There is no usable kubeconfig.</exception>
    public static Cluster Connect(ClusterRequest request)
    {
        try
        {
            AnyDepth.IsAllowed();
            var configuration = Configuration(request);
            configuration.UserAgent = $"fed/{typeof(Cluster).Assembly.GetName().Version}";
            return new Cluster(new k8s.Kubernetes(configuration), request.Namespace ?? (configuration.Namespace is { Length: > 0 } given ? given : "default"));
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or FormatException)
        {
            throw new RemoteException($"The kubeconfig cannot be used: {e.Message}; give another by --kubeconfig or KUBECONFIG, or another of its contexts by --context.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private static KubernetesClientConfiguration Configuration(ClusterRequest request)
    {
        if (request.Kubeconfig is { } file)
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath: file, currentContext: request.Context);
        if (request.Context is not { } context)
            return KubernetesClientConfiguration.BuildDefaultConfig();
        // The package takes a context from one file only: the first of KUBECONFIG that knows it.
        string[] files = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } several ? several.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) : [KubernetesClientConfiguration.KubeConfigDefaultLocation];
        for (var i = 0; ; i++)
        {
            try
            {
                return KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath: files[i], currentContext: context);
            }
            catch (KubeConfigException) when (i < files.Length - 1)
            {
                // Perhaps the next one.
            }
        }
    }
}
