namespace k8s.Autorest;

/// <summary>The API server answered with another status than success.</summary>
public class HttpOperationException : Exception
{
    /// <summary>Nothing known.</summary>
    public HttpOperationException()
    {
    }

    /// <summary>In words.</summary>
    public HttpOperationException(string message)
        : base(message)
    {
    }

    /// <summary>In words, with a cause.</summary>
    public HttpOperationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What was asked.</summary>
    public HttpRequestMessageWrapper Request { get; set; }

    /// <summary>What was answered.</summary>
    public HttpResponseMessageWrapper Response { get; set; }
}
