"""Who there is and who may do what on Google Cloud: service accounts, policies, projects."""
