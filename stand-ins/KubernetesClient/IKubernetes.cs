namespace k8s;

/// <summary>A client of one API server.</summary>
public interface IKubernetes : IDisposable
{
    /// <summary>Where the server is.</summary>
    Uri BaseUri { get; set; }

    /// <summary>Pods, secrets and events.</summary>
    ICoreV1Operations CoreV1 { get; }

    /// <summary>Objects of any kind.</summary>
    ICustomObjectsOperations CustomObjects { get; }

    /// <summary>Leases.</summary>
    ICoordinationV1Operations CoordinationV1 { get; }
}
