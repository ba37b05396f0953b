namespace k8s.Exceptions;

/// <summary>A kubeconfig cannot be used.</summary>
public class KubeConfigException : Exception
{
    /// <summary>Nothing known.</summary>
    public KubeConfigException()
    {
    }

    /// <summary>In words.</summary>
    public KubeConfigException(string message)
        : base(message)
    {
    }

    /// <summary>In words, with a cause.</summary>
    public KubeConfigException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
