using k8s.Models;

namespace k8s;

/// <summary>A Status that came where an object was expected.</summary>
public class KubernetesException : Exception
{
    /// <summary>Nothing known.</summary>
    public KubernetesException()
    {
    }

    /// <summary>With the server's Status.</summary>
    public KubernetesException(V1Status status)
        : this(status?.Message) => Status = status;

    /// <summary>With the server's Status, and a cause.</summary>
    public KubernetesException(V1Status status, Exception innerException)
        : this(status?.Message, innerException) => Status = status;

    /// <summary>In words.</summary>
    public KubernetesException(string message)
        : base(message)
    {
    }

    /// <summary>In words, with a cause.</summary>
    public KubernetesException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What the server said; null where it did not.</summary>
    public V1Status Status { get; private set; }
}
